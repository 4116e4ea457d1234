import type { GetContext, Json } from './realm.ts'

// Stored procedures in the patterns of the published samples, in words of ours. They are sent as text, so each is one
// function that stands by itself.

declare const getContext: GetContext

/** Counts up to 25 documents, and answers where to go on. */
export function count(query: string | null, from: string): void {
  const most = 25
  const collection = getContext().getCollection()
  let found = 0
  step(from)

  function step(continuation: string): void {
    if (found >= most || !ask({ continuation, pageSize: most })) answer(continuation)
  }

  function ask(options: object): boolean {
    const link = collection.getSelfLink()
    return query ? collection.queryDocuments(link, query, options, take) : collection.readDocuments(link, options, take)
  }

  function take(error: unknown, page: Json[], info: { continuation?: string }): void {
    if (error) throw `reading failed: ${error}`
    found += page.length
    if (info.continuation) step(info.continuation)
    else answer(null)
  }

  function answer(continuation: string | null): void {
    getContext().getResponse().setBody({ count: found, continuation })
  }
}

/** Answers the first document as text. */
export function first(prefix: string): void {
  const collection = getContext().getCollection()
  const response = getContext().getResponse()
  const link = collection.getSelfLink()
  const isAccepted = collection.queryDocuments(link, 'SELECT * FROM root r', (error, feed: Json[]) => {
    if (error) throw error
    response.setBody(feed && feed.length > 0 ? prefix + JSON.stringify(feed[0]) : 'no documents')
  })
  if (!isAccepted) throw new Error('the query was not accepted')
}

/** Answers all documents, ordered here. */
export function orderBy(query: string | null, field: string): void {
  const collection = getContext().getCollection()
  const response = getContext().getResponse()
  const all: Json[] = []
  ask({})

  function ask(options: object): void {
    const link = collection.getSelfLink()
    const isAccepted = query
      ? collection.queryDocuments(link, query, options, take)
      : collection.readDocuments(link, options, take)
    if (!isAccepted) throw new Error('too much to order')
  }

  function take(error: unknown, page: Json[], info: { continuation?: string }): void {
    if (error) throw error
    all.push(...page)
    if (info.continuation) {
      ask({ continuation: info.continuation })
      return
    }
    all.sort((a, b) => Number(a[field]) - Number(b[field]))
    response.setBody(null)
    for (const document of all) response.appendBody(JSON.stringify(document))
    response.setBody(all)
  }
}
