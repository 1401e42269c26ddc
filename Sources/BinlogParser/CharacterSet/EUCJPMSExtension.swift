// Written by scripts/character-sets.

/// What eucjpms has in place of JIS X 0212, or beyond it.
enum EUCJPMSExtension {
  /// See `CodePlane`: 94 cells a row.
  static let source = """
    2-23 ～
    2-35 ￤
    83-83 ⅰⅱⅲⅳⅴⅵⅶⅷⅸⅹⅠⅡ
    84-1 ⅢⅣⅤⅥⅦⅧⅨⅩ＇＂㈱№℡炻仼僴凬匇匤\u{FA0E}咊坙\u{FA0F}\u{FA10}增寬峵嵓\u{FA11}德悅愠敎昻晥\u{FA12}\u{F929}栁\u{FA13}\u{FA14}橫櫢淸淲瀨
    84-46 \u{FA15}\u{FA16}甁皂皞\u{FA17}礰\u{FA18}\u{FA19}\u{FA1A}\u{FA1B}竧\u{FA1C}\u{FA1D}綠緖\u{FA1E}荢\u{FA1F}薰\u{FA20}
    84-67 \u{FA21}蠇\u{FA22}譿賴赶\u{FA23}\u{FA24}\u{FA25}郞\u{FA26}鄕\u{FA27}\u{FA28}閒\u{F9DC}\u{FA29}霻靍靑\u{FA2A}\u{FA2B}
    84-89 \u{FA2C}馞髙魲\u{FA2D}黑
    """
}
