import HTTP
import ObjectStore
import Testing

/// The small documents in which stores answer.
@Suite struct S3XMLTests {
  static let error = """
    <?xml version="1.0" encoding="UTF-8"?>
    <Error><Code>SlowDown</Code><!-- <Code> --><Message>Reduce your &lt;rate&gt; &amp; wait&#33; &#x41;</Message>
      <Resource>/bucket/key</Resource><RequestId>4442587FB7D0A2F9</RequestId><Empty/><Deep><Code>no</Code></Deep></Error>

    """
  static let complete = """
    <?xml version="1.0"?><s3:CompleteMultipartUploadResult xmlns:s3="http://s3.amazonaws.com/doc/2006-03-01/">\
    <s3:Bucket>b</s3:Bucket><s3:Key a='1'>k</s3:Key><s3:ETag>"abc-2"</s3:ETag></s3:CompleteMultipartUploadResult>
    """

  @Test func texts() throws {
    let error = try #require(S3XML(Array(Self.error.utf8)))
    #expect(error.root == "Error")
    #expect(
      error.texts == [
        "Code": "SlowDown", "Message": "Reduce your <rate> & wait! A", "Resource": "/bucket/key",
        "RequestId": "4442587FB7D0A2F9", "Empty": "",
      ])
    let complete = try #require(S3XML(Array(Self.complete.utf8)))
    #expect(complete.root == "CompleteMultipartUploadResult")
    #expect(complete.texts == ["Bucket": "b", "Key": "k", "ETag": "\"abc-2\""])
  }

  /// A document that was cut anywhere is none, so that half an answer is never taken for success.
  @Test(arguments: [error, complete]) func cutAtEachByte(_ text: String) {
    let bytes = Array(text.utf8)
    let end = bytes.lastIndex(of: UInt8(ascii: ">")) ?? 0
    for count in 0...end { #expect(S3XML(Array(bytes[..<count])) == nil, "\(count)") }
    #expect(S3XML(Array(bytes[...end])) != nil)
  }

  @Test(arguments: [error, complete]) func everyByteChanged(_ text: String) {
    let bytes = Array(text.utf8)
    for index in bytes.indices {
      for byte: UInt8 in [0, 0x20, 0x26, 0x2F, 0x3C, 0x3E, 0x80, 0xFF] {
        var damaged = bytes
        damaged[index] = byte
        _ = S3XML(damaged)
      }
    }
  }

  @Test(arguments: [
    "", " ", "x", "<", "<>", "</a>", "<a>", "<a></b>", "<a/><b/>", "<a/>x", "x<a/>", "<a>&x;</a>", "<a>&amp</a>",
    "<a>&#xD800;</a>", "<a>&#99999999999;</a>", "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", "<a><!-- </a>",
    "<a/><?xml version=\"1.0\"?>", "<1/>",
    String(repeating: "<a>", count: 1000) + String(repeating: "</a>", count: 1000),
  ])
  func malformed(_ text: String) { #expect(S3XML(Array(text.utf8)) == nil) }
}
