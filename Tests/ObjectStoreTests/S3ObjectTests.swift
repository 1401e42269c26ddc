import ObjectStore
import Testing

@Suite struct S3ObjectTests {
  /// 10,000 parts of at most 5 GiB are enough for the longest object, 5 TiB.
  @Test func partsAreEnough() {
    var bytes = 0
    for number in 1...10_000 {
      let part = S3Object.partByteCount(number)
      #expect(part >= 5 << 20 && part <= 5 << 30)
      bytes += part
    }
    #expect(bytes > 5 << 40)
    #expect(S3Object.partByteCount(1) == 16 << 20 && S3Object.partByteCount(1200) == 16 << 20)
  }

  /// The MD5 of the MD5 digests of "a" and "b", as Python computes it.
  @Test func eTagsOfParts() {
    let parts = ["\"0cc175b9c0f1b6a831c399e269772661\"", "\"92eb5ffee6ae2fec3ad71c777531578f\""]
    #expect(MultipartUpload.eTag(of: parts) == "\"96e024ba2074fe77e8e965ba43a704be-2\"")
    for other in ["", "\"x\"", "\"zcc175b9c0f1b6a831c399e269772661\""] {
      #expect(MultipartUpload.eTag(of: [other]) == nil)
    }
  }
}
