/**
 * The attributes of a CloudEvent 1.0, flat, as its formats and bindings write them: a binding adds its prefix to each
 * name. Names are lower-case letters and digits; those that are not listed here are extensions.
 */
export type CloudEventAttributes = {
  readonly specversion: '1.0'
  /** Unique among the events of its source. */
  readonly id: string
  /** A URI reference: which system, and which part of it, the event comes from. */
  readonly source: string
  readonly type: string
  /** What the event is about within the source: here the stream. */
  readonly subject?: string
  /** RFC 3339. */
  readonly time?: string
  /** The media type of the data. */
  readonly datacontenttype?: string
  /** A URI of the schema of the data. */
  readonly dataschema?: string
  readonly [extension: string]: string | number | boolean | undefined
}

/** An event as it travels: attributes, which a bus may route by, and data, which it does not look into. */
export type CloudEvent = {
  readonly attributes: CloudEventAttributes
  /** Encoded as `datacontenttype` says. */
  readonly data: Uint8Array
}
