/** An event as people read and type it, everywhere: `meter:87000001:2020@7` is version 7 of that stream. */
export const eventReference = (streamId: string, version: number): string => `${streamId}@${version}`

/** Takes an event reference apart; undefined for any other text. The stream id is not validated. */
export function parseEventReference(text: string): { readonly streamId: string; readonly version: number } | undefined {
  const [, streamId, version] = /^(.+)@([1-9]\d*)$/.exec(text) ?? []
  if (streamId === undefined || !Number.isSafeInteger(Number(version))) return undefined
  return { streamId, version: Number(version) }
}
