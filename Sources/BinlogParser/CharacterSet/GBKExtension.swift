// Written by scripts/character-sets.

/// What gbk and gb18030 have in place of GB 2312, or beyond it, but for the ideographs that follow a rule.
enum GBKExtension {
  /// See `CodePlane`: 190 cells a row.
  static let source = """
    33-100 ·
    33-106 —
    34-97 ⅰⅱⅲⅳⅴⅵⅶⅷⅸⅹ
    38-160 \u{FE35}\u{FE36}\u{FE39}\u{FE3A}\u{FE3F}\u{FE40}\u{FE3D}\u{FE3E}\u{FE41}\u{FE42}\u{FE43}\u{FE44}
    38-174 \u{FE3B}\u{FE3C}\u{FE37}\u{FE38}\u{FE31}
    38-180 \u{FE33}\u{FE34}
    40-1 ˊˋ˙–―‥‵℅℉↖↗↘↙∕∟∣≒≦≧⊿═║╒╓╔╕╖╗╘╙╚╛╜╝╞╟╠╡╢╣╤╥╦╧╨╩╪╫╬╭╮╯╰╱╲╳▁▂▃▄▅▆▇█▉▊▋▌▍▎▏▓▔▕▼▽◢◣◤◥☉⊕〒〝〞
    40-123 ɑ
    40-125 ńň
    40-128 ɡ
    41-1 〡〢〣〤〥〦〧〨〩㊣㎎㎏㎜㎝㎞㎡㏄㏎㏑㏒㏕\u{FE30}￢￤
    41-26 ℡㈱
    41-29 ‐
    41-33 ー゛゜ヽヾ〆ゝゞ\u{FE49}\u{FE4A}\u{FE4B}\u{FE4C}\u{FE4D}\u{FE4E}\u{FE4F}\u{FE50}\u{FE51}\u{FE52}\u{FE54}\u{FE55}
    41-53 \u{FE56}\u{FE57}\u{FE59}\u{FE5A}\u{FE5B}\u{FE5C}\u{FE5D}\u{FE5E}\u{FE5F}\u{FE60}\u{FE61}\u{FE62}\u{FE63}
    41-66 \u{FE64}\u{FE65}\u{FE66}\u{FE68}\u{FE69}\u{FE6A}\u{FE6B}
    41-86 〇
    125-92 \u{F92C}\u{F979}\u{F995}\u{F9E7}\u{F9F1}
    126-1 \u{FA0C}\u{FA0D}\u{FA0E}\u{FA0F}\u{FA11}\u{FA13}\u{FA14}\u{FA18}\u{FA1F}\u{FA20}\u{FA21}\u{FA23}\u{FA24}
    126-14 \u{FA27}\u{FA28}\u{FA29}
    """
}
