/// Where credentials come from, in this order: the environment itself, or the container's endpoint that it names.
public enum CredentialsSource: Sendable {
  /// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`, which Lambda sets too.
  case environment(AWSCredentials)
  /// The endpoint that ECS and EKS name.
  case container(ContainerCredentials)

  /// The source that `environment` tells of.
  public init(environment: [String: String]) throws(S3SettingsError) {
    let value = { (name: String) in environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    let id = value("AWS_ACCESS_KEY_ID")
    let secret = value("AWS_SECRET_ACCESS_KEY")
    if id != nil || secret != nil {
      guard let id, let secret else {
        throw S3SettingsError("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set together")
      }
      let token = value("AWS_SESSION_TOKEN")
      guard let credentials = AWSCredentials(accessKeyID: id, secretAccessKey: secret, sessionToken: token) else {
        throw S3SettingsError(
          "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN must be printable ASCII without spaces")
      }
      self = .environment(credentials)
    } else if let container = try ContainerCredentials(environment: environment) {
      self = .container(container)
    } else {
      throw S3SettingsError(
        "there are no credentials in the environment: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    }
  }

  /// "environment" or "container", for the log.
  public var summary: String {
    switch self {
    case .environment: "environment"
    case .container: "container"
    }
  }
}
