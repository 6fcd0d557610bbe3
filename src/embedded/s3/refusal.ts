/** What the S3 server refuses, in S3's own words: the closed list of its error codes with their HTTP status. */

/** Code → status and message, as in "Error responses" of the Amazon S3 API reference. */
const REFUSALS = {
  AccessDenied: [403, 'Access denied.'],
  AuthorizationHeaderMalformed: [400, 'The authorization header is malformed.'],
  AuthorizationQueryParametersError: [400, 'The authorization query parameters are malformed.'],
  BadDigest: [400, 'The digest or checksum you gave does not match the body received.'],
  BucketAlreadyOwnedByYou: [409, 'You own a bucket of this name already.'],
  BucketNotEmpty: [409, 'The bucket still holds objects.'],
  EntityTooLarge: [400, 'The body exceeds the largest size allowed.'],
  EntityTooSmall: [400, 'A part other than the last has fewer than 5 MiB.'],
  IllegalLocationConstraintException: [400, 'The location constraint is not the region of this server.'],
  IncompleteBody: [400, 'The body is shorter or longer than announced.'],
  InternalError: [500, 'The server met an error of its own; try again.'],
  InvalidAccessKeyId: [403, 'The access key id is unknown.'],
  InvalidArgument: [400, 'An argument has no allowed value.'],
  InvalidBucketName: [400, 'The bucket name is not valid.'],
  InvalidBucketState: [409, 'The request is not valid for the state of the bucket.'],
  InvalidDigest: [400, 'The Content-MD5 or checksum value is not valid.'],
  InvalidPart: [400, 'A part was not found, or its ETag or checksum differs.'],
  InvalidPartOrder: [400, 'The parts are not in ascending order.'],
  InvalidRange: [416, 'The range lies outside the object.'],
  InvalidRequest: [400, 'The request is not valid.'],
  InvalidStorageClass: [400, 'There is no storage class but STANDARD.'],
  InvalidTag: [400, 'The tags are not valid.'],
  InvalidToken: [400, 'Session tokens are not known here.'],
  InvalidURI: [400, 'The request URI cannot be read.'],
  KeyTooLongError: [400, 'The key is longer than 1024 bytes.'],
  MalformedTrailerError: [400, 'The trailer is not well-formed or not the one announced.'],
  MalformedXML: [400, 'The XML is not well-formed or not of the expected form.'],
  MetadataTooLarge: [400, 'The metadata exceed 2048 bytes.'],
  MethodNotAllowed: [405, 'The method is not allowed here.'],
  MissingContentLength: [411, 'The Content-Length header is required.'],
  NoSuchBucket: [404, 'There is no such bucket.'],
  NoSuchKey: [404, 'There is no such object.'],
  NoSuchObjectLockConfiguration: [404, 'The object has no object lock configuration.'],
  NoSuchUpload: [404, 'There is no such multipart upload.'],
  NoSuchVersion: [404, 'There is no such version.'],
  NotImplemented: [501, 'What the request asks for is not implemented here.'],
  NotModified: [304, 'Not modified.'],
  ObjectLockConfigurationNotFoundError: [404, 'The bucket has no object lock configuration.'],
  PreconditionFailed: [412, 'A precondition does not hold.'],
  RequestTimeTooSkewed: [
    403,
    'The time of the request differs from that of the server by more than 15 minutes.',
  ],
  SignatureDoesNotMatch: [403, 'The signature calculated does not match the one given.'],
  SlowDown: [503, 'The object is held by another request; try again.'],
  XAmzContentSHA256Mismatch: [400, 'The x-amz-content-sha256 header does not match the body received.'],
} as const satisfies Record<string, readonly [number, string]>;

export type RefusalCode = keyof typeof REFUSALS;

/**
 * A request that is not done, as its client is told. Thrown from any depth, also from within a body that streams,
 * and answered in one place. It is the protocol's vocabulary and never leaves this folder.
 */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly status: number;

  constructor(code: RefusalCode, message: string = REFUSALS[code][1], options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'Refusal';
    this.code = code;
    this.status = REFUSALS[code][0];
  }
}
