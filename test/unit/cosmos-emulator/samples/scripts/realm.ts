// What a procedure finds in its realm, as far as the samples use it.

/** A document, or any other object. */
export type Json = Record<string, unknown>
/** What calls answer to. */
export type Callback = (
  error: (Error & { number: number }) | undefined,
  result: never,
  info: { continuation?: string },
) => void
type Chain = Record<'filter' | 'map' | 'pluck' | 'flatten' | 'sortBy' | 'sortByDescending' | 'unwind', Step> & {
  value(options?: object, callback?: Callback): { isAccepted: boolean }
}
type Step = (...args: unknown[]) => Chain & { isAccepted: boolean }
/** The collection of a procedure. */
export type Collection = {
  getSelfLink(): string
  createDocument(link: string, body: object, callback: Callback): boolean
  readDocuments(link: string, options: object, callback: Callback): boolean
  queryDocuments(link: string, query: unknown, options: object, callback: Callback): boolean
  queryDocuments(link: string, query: unknown, callback: Callback): boolean
  replaceDocument(link: string, body: object, callback: Callback): boolean
  replaceDocument(link: string, body: object, options: object, callback: Callback): boolean
  deleteDocument(link: string, options: object, callback: Callback): boolean
}

/** `getContext` of a procedure. */
export type GetContext = () => {
  getCollection(): Collection
  getResponse(): { setBody(body: unknown): void; appendBody(text: string): void }
}

/** `__` of a procedure. */
export type Underscore = Collection & Chain & { chain(): Chain; response: { setBody(body: unknown): void } }
