import ObjectStore
import Testing

/// Pages of a list of objects, as stores send them.
@Suite struct ListedObjectsTests {
  private static func page(_ rest: String) -> [UInt8] {
    Array("<?xml version=\"1.0\"?><ListBucketResult xmlns=\"x\"><Name>b</Name>\(rest)</ListBucketResult>".utf8)
  }

  private static func contents(_ keys: String...) -> String {
    keys.map { "<Contents><Key>\($0)</Key><Size>1</Size><Owner><ID>o</ID></Owner></Contents>" }.joined()
  }

  @Test(
    arguments: [
      ("", [], nil),
      ("<IsTruncated>false</IsTruncated>" + contents("a/b.json"), ["a/b.json"], nil),
      (
        contents("a b+%2F", "&lt;&amp;&quot;&#x41;日本") + "<CommonPrefixes><Prefix>p/</Prefix></CommonPrefixes>",
        ["a b+%2F", "<&\"A日本"], nil
      ),
      (
        "<IsTruncated>true</IsTruncated><NextContinuationToken>x=/+</NextContinuationToken>" + contents("k"), ["k"],
        "x=/+"
      ),
      ("<NextContinuationToken>left over</NextContinuationToken>", [], nil),
    ] as [(String, [String], String?)])
  func keysInTheirOrder(_ rest: String, _ keys: [String], _ token: String?) throws {
    let page = try #require(ListedObjects(Self.page(rest), after: "t"))
    #expect(page.keys == keys)
    #expect(page.token == token)
  }

  /// A list that is cut short in silence would hide objects; one that repeats itself would never end.
  @Test(arguments: [
    "<IsTruncated>true</IsTruncated>", "<IsTruncated>true</IsTruncated><NextContinuationToken/>",
    "<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>",
  ])
  func aPageThatDoesNotGoOnIsRefused(_ rest: String) { #expect(ListedObjects(Self.page(rest), after: "t") == nil) }

  @Test(arguments: ["", "<Error/>", "<html/>", "<ListBucketResult>"])
  func anythingElseIsRefused(_ text: String) { #expect(ListedObjects(Array(text.utf8), after: nil) == nil) }
}
