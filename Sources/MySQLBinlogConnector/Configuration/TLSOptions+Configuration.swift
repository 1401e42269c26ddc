import MySQLWire

extension TLSOptions {
  /// The options that `ssl_mode`, or its alias `ssl`, and the three file keys name.
  init(_ reader: inout ConfigurationReader) {
    let alias = reader.boolean(.ssl)
    if reader.has(.ssl), reader.has(.sslMode) {
      reader.report(.ssl, "is an alias of ssl_mode; give only one of the two")
    }
    // As with the mysql client: who names an authority and no mode wants it used.
    let caFile = reader.text(.sslCA)
    let unnamed: TLSMode = caFile == nil ? .preferred : .verifyCA
    self.init(
      mode: reader.choice(.sslMode, default: alias.map { $0 ? .required : .disabled } ?? unnamed),
      caFile: caFile, certificateFile: reader.text(.sslCertificate), keyFile: reader.text(.sslKey))
    if reader.has(.sslCertificate), !reader.has(.sslKey) { reader.report(.sslCertificate, "needs ssl_key beside it") }
    if reader.has(.sslKey), !reader.has(.sslCertificate) { reader.report(.sslKey, "needs ssl_cert beside it") }
  }
}
