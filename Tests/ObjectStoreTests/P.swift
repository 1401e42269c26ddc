import HTTP
import Testing

@Suite struct PlaceholderTests {
  @Test func header() { #expect(HTTPResponse(status: 200, headers: [("A", "b")]).header("a") == "b") }
}
