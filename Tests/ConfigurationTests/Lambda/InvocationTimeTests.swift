import MySQLBinlogConnector
import Testing

@Suite struct InvocationTimeTests {
  @Test(
    arguments: [
      (4.0, nil, nil, 2.5), (60, nil, nil, 45), (900, nil, nil, 885), (20, nil, nil, 15), (1, nil, nil, 0.5),
      (0, nil, nil, 0), (-5, nil, nil, 0), (60, 5, nil, 55), (8, 100, nil, 4), (60, nil, 7, 7), (4, nil, 60, 2.5),
    ] as [(Double, Int?, Int?, Double)])
  func reading(_ left: Double, _ margin: Int?, _ most: Int?, _ expected: Double) {
    let time = InvocationTime(left: left, margin: margin, most: most)
    #expect(abs(time.reading - expected) < 0.001)
    #expect(time.reading <= time.lastEvent && time.lastEvent <= time.lastOutput)
    #expect(time.lastOutput <= time.end && time.end <= time.left)
    // There is time to answer, and some to clean up before.
    if left > 0 { #expect(time.lastOutput < time.end && time.end < time.left) }
  }
}
