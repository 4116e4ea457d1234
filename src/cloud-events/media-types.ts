const STRUCTURED = /^application\/cloudevents(?:\+json)?\s*(?:;|$)/i
const BATCH = /^application\/cloudevents-batch(?:\+json)?\s*(?:;|$)/i
const JSON_TYPE = /^[^;]*[/+]json\s*(?:;|$)/i

/** Whether a message of this media type is a whole CloudEvent in JSON: structured mode. */
export const isStructured = (contentType: string | undefined): boolean => STRUCTURED.test(contentType ?? '')

/** Whether a message of this media type is a JSON array of CloudEvents: batched mode. */
export const isBatch = (contentType: string | undefined): boolean => BATCH.test(contentType ?? '')

/** Whether data of this media type is JSON. */
export const isJsonType = (contentType: string | undefined): boolean => JSON_TYPE.test(contentType ?? '')
