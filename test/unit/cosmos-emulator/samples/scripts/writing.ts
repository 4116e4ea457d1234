import type { GetContext, Json } from './realm.ts'

// Stored procedures in the patterns of the published samples, in words of ours. They are sent as text, so each is one
// function that stands by itself.

declare const getContext: GetContext

/** Creates, and replaces on a conflict. */
export function upsert(document: Json): void {
  const collection = getContext().getCollection()
  const link = collection.getSelfLink()
  const response = getContext().getResponse()
  if (!document) throw new Error('a document is needed')
  const isAccepted = collection.createDocument(link, document, (error) => {
    if (!error) return
    if (error.number !== 409) throw error
    replace(null)
  })
  if (!isAccepted) throw new Error('the create was not accepted')
  response.setBody({ op: 'created' })

  function replace(continuation: string | null): void {
    const query = { query: 'select * from root r where r.id = @id', parameters: [{ name: '@id', value: document.id }] }
    const isTaken = collection.queryDocuments(link, query, { continuation }, (error, found: Json[], info) => {
      if (error) throw error
      if (found.length === 0) {
        if (!info.continuation) throw new Error(`no document ${document.id}`)
        return replace(info.continuation)
      }
      const isReplaced = collection.replaceDocument(String(found[0]?._self), document, (failure) => {
        if (failure) throw failure
      })
      if (!isReplaced) throw new Error('the replace was not accepted')
      response.setBody({ op: 'replaced' })
    })
    if (!isTaken) throw new Error('the query was not accepted')
  }
}

/** Sets the state of two documents, and answers the continuation. */
export function openPage(continuation: string | undefined): void {
  const collection = getContext().getCollection()
  const body = { updated: [] as unknown[], continuation: undefined as string | undefined }
  const options = { pageSize: 2, continuation }
  collection.queryDocuments(collection.getSelfLink(), 'SELECT * FROM root r', options, (error, page, info) => {
    if (error) throw error
    body.continuation = info.continuation
    next(page as Json[])
  })

  function next(page: Json[]): void {
    const document = page.pop()
    if (document === undefined) {
      getContext().getResponse().setBody(body)
      return
    }
    document.state = 'open'
    collection.replaceDocument(String(document._self), document, {}, (error) => {
      if (error) throw error
      body.updated.push(document.id)
      next(page)
    })
  }
}

/** Creates documents one after the other, as many as are accepted. */
export function bulkImport(documents: Json[]): void {
  const collection = getContext().getCollection()
  const response = getContext().getResponse()
  if (!documents) throw new Error('an array is needed')
  let count = 0
  step()

  function step(): void {
    const document = documents[count]
    if (document === undefined) {
      response.setBody(count)
      return
    }
    const isAccepted = collection.createDocument(collection.getSelfLink(), document, (error) => {
      if (error) throw error
      count++
      step()
    })
    if (!isAccepted) response.setBody(count)
  }
}

/** Deletes what a query finds, and queries again. */
export function bulkDelete(query: string): void {
  const collection = getContext().getCollection()
  const response = getContext().getResponse()
  const body = { deleted: 0, continuation: true }
  ask(undefined)

  function ask(continuation: string | undefined): void {
    const isAccepted = collection.queryDocuments(
      collection.getSelfLink(),
      query,
      { continuation },
      (error, page: Json[], info) => {
        if (error) throw error
        if (page.length > 0) {
          remove(page)
        } else if (info.continuation) {
          ask(info.continuation)
        } else {
          body.continuation = false
          response.setBody(body)
        }
      },
    )
    if (!isAccepted) response.setBody(body)
  }

  function remove(page: Json[]): void {
    const document = page.shift()
    if (document === undefined) {
      ask(undefined)
      return
    }
    const isAccepted = collection.deleteDocument(String(document._self), {}, (error) => {
      if (error) throw error
      body.deleted++
      remove(page)
    })
    if (!isAccepted) response.setBody(body)
  }
}

/** Changes a document by operators like those of MongoDB. */
export function update(id: string, change: { $inc?: Record<string, number>; $set?: Json }): void {
  const collection = getContext().getCollection()
  const query = { query: 'select * from root r where r.id = @id', parameters: [{ name: '@id', value: id }] }
  const isAccepted = collection.queryDocuments(collection.getSelfLink(), query, (error, found: Json[]) => {
    if (error) throw error
    const document = found[0]
    if (document === undefined) throw new Error('no such document')
    const steps = change.$inc || {}
    for (const name of Object.keys(steps)) document[name] = Number(document[name]) + Number(steps[name])
    Object.assign(document, change.$set)
    const options = { etag: document._etag }
    const isTaken = collection.replaceDocument(String(document._self), document, options, (failure, updated) => {
      if (failure) throw failure
      getContext().getResponse().setBody(updated)
    })
    if (!isTaken) throw new Error('the replace was not accepted')
  })
  if (!isAccepted) throw new Error('the query was not accepted')
}
