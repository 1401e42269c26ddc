/// One page of a list of objects.
///
/// See <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html>.
package struct ListedObjects: Equatable {
  /// The objects' keys.
  package let keys: [String]
  /// Token by which the next page is asked for; nil for the last page.
  package let token: String?

  /// A list without objects.
  init() {
    keys = []
    token = nil
  }

  /// Reads an answer to the request for the page behind `last`; nil for what is no list, and for one that does not go on although it is
  /// not the end.
  package init?(_ bytes: [UInt8], after last: String?) {
    guard let answer = S3XML(bytes), answer.root == "ListBucketResult" else { return nil }
    let next = answer.texts["IsTruncated"] == "true" ? answer.texts["NextContinuationToken"] : nil
    guard answer.texts["IsTruncated"] != "true" || next.map({ !$0.isEmpty && $0 != last }) == true else { return nil }
    keys = answer.innerTexts["Contents/Key"] ?? []
    token = next
  }
}
