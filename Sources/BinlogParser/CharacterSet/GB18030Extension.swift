// Written by scripts/character-sets.

/// What gb18030 has beyond gbk in two bytes, but for the private use areas that follow a rule.
enum GB18030Extension {
  /// See `CodePlane`: 190 cells a row.
  static let source = """
    34-107 \u{E766}\u{E767}\u{E768}\u{E769}\u{E76A}\u{E76B}
    34-163 €\u{E76D}
    34-175 \u{E76E}\u{E76F}
    34-189 \u{E770}\u{E771}
    36-180 \u{E772}\u{E773}\u{E774}\u{E775}\u{E776}\u{E777}\u{E778}\u{E779}\u{E77A}\u{E77B}\u{E77C}
    37-183 \u{E77D}\u{E77E}\u{E77F}\u{E780}\u{E781}\u{E782}\u{E783}\u{E784}
    38-121 \u{E785}\u{E786}\u{E787}\u{E788}\u{E789}\u{E78A}\u{E78B}\u{E78C}
    38-153 \u{E78D}\u{E78E}\u{E78F}\u{E790}\u{E791}\u{E792}\u{E793}
    38-172 \u{E794}\u{E795}
    38-179 \u{E796}
    38-182 \u{E797}\u{E798}\u{E799}\u{E79A}\u{E79B}\u{E79C}\u{E79D}\u{E79E}\u{E79F}
    39-130 \u{E7A0}\u{E7A1}\u{E7A2}\u{E7A3}\u{E7A4}\u{E7A5}\u{E7A6}\u{E7A7}\u{E7A8}\u{E7A9}\u{E7AA}\u{E7AB}\u{E7AC}
    39-143 \u{E7AD}\u{E7AE}
    39-178 \u{E7AF}\u{E7B0}\u{E7B1}\u{E7B2}\u{E7B3}\u{E7B4}\u{E7B5}\u{E7B6}\u{E7B7}\u{E7B8}\u{E7B9}\u{E7BA}\u{E7BB}
    40-86 \u{E7BC}\u{E7BD}\u{E7BE}\u{E7BF}\u{E7C0}\u{E7C1}\u{E7C2}\u{E7C3}\u{E7C4}\u{E7C5}\u{E7C6}
    40-124 ḿ
    40-127 ǹ
    40-129 \u{E7C9}\u{E7CA}\u{E7CB}\u{E7CC}
    40-170 \u{E7CD}\u{E7CE}\u{E7CF}\u{E7D0}\u{E7D1}\u{E7D2}\u{E7D3}\u{E7D4}\u{E7D5}\u{E7D6}\u{E7D7}\u{E7D8}\u{E7D9}
    40-183 \u{E7DA}\u{E7DB}\u{E7DC}\u{E7DD}\u{E7DE}\u{E7DF}\u{E7E0}\u{E7E1}
    41-25 \u{E7E2}
    41-28 \u{E7E3}
    41-30 \u{E7E4}\u{E7E5}\u{E7E6}
    41-73 〾⿰⿱⿲⿳⿴⿵⿶⿷⿸⿹⿺⿻
    41-87 \u{E7F4}\u{E7F5}\u{E7F6}\u{E7F7}\u{E7F8}\u{E7F9}\u{E7FA}\u{E7FB}\u{E7FC}\u{E7FD}\u{E7FE}\u{E7FF}\u{E800}
    41-176 \u{E801}\u{E802}\u{E803}\u{E804}\u{E805}\u{E806}\u{E807}\u{E808}\u{E809}\u{E80A}\u{E80B}\u{E80C}\u{E80D}
    41-189 \u{E80E}\u{E80F}
    87-186 \u{E810}\u{E811}\u{E812}\u{E813}\u{E814}
    126-17 ⺁\u{E816}\u{E817}\u{E818}⺄㑳㑇⺈⺋\u{E81E}㖞㘚㘎⺌⺗㥮㤘\u{E826}㧏㧟㩳㧐\u{E82B}\u{E82C}㭎㱮㳠⺧\u{E831}\u{E832}⺪䁖䅟⺮䌷⺳⺶⺷
    126-55 \u{E83B}䎱䎬⺻䏝䓖䙡䙌\u{E843}䜣䜩䝼䞍⻊䥇䥺䥽䦂䦃䦅䦆䦟䦛䦷䦶\u{E854}\u{E855}䲣䲟䲠䲡䱷䲢䴓䴔䴕䴖䴗䴘䴙䶮\u{E864}
    """
}
