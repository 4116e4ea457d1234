// Stored procedures in the patterns of the published samples, in words of ours. They are sent as text, so each is one
// function that stands by itself.

type Json = Record<string, unknown>
type Callback = (
  error: (Error & { number: number }) | undefined,
  result: never,
  info: { continuation?: string },
) => void
type Chain = Record<'filter' | 'map' | 'pluck' | 'flatten' | 'sortBy' | 'sortByDescending' | 'unwind', Step> & {
  value(options?: object, callback?: Callback): { isAccepted: boolean }
}
type Step = (...args: unknown[]) => Chain & { isAccepted: boolean }
type Collection = {
  getSelfLink(): string
  createDocument(link: string, body: object, callback: Callback): boolean
  readDocuments(link: string, options: object, callback: Callback): boolean
  queryDocuments(link: string, query: unknown, options: object, callback: Callback): boolean
  queryDocuments(link: string, query: unknown, callback: Callback): boolean
  replaceDocument(link: string, body: object, callback: Callback): boolean
  replaceDocument(link: string, body: object, options: object, callback: Callback): boolean
  deleteDocument(link: string, options: object, callback: Callback): boolean
}

declare const getContext: () => {
  getCollection(): Collection
  getResponse(): { setBody(body: unknown): void; appendBody(text: string): void }
}
declare const __: Collection & Chain & { chain(): Chain; response: { setBody(body: unknown): void } }

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

/** Each of the queries in JavaScript once. */
export function javaScriptQueries(): void {
  type Person = { id: string; age: number; kids: { name: string; pets: string[] }[] }
  const body: Json = {}
  const save =
    (name: string): Callback =>
    (error, rows) => {
      if (error) throw error
      body[name] = rows
      __.response.setBody(body)
    }
  const old = (person: Person) => person.age > 35
  const ageOf = (person: Person) => person.age
  const accepted = [
    __.chain().filter(old).pluck('id').value({}, save('filtered')),
    __.chain()
      .filter((person: Person) => person.age < 35)
      .map((person: Person) => ({ id: person.id, years: person.age }))
      .value({}, save('mapped')),
    __.pluck('id', {}, save('plucked')),
    __.chain()
      .map((person: Person) => person.kids.map((kid) => kid.name))
      .flatten()
      .value({}, save('flattened')),
    __.chain().sortBy(ageOf).pluck('id').value({}, save('sorted')),
    __.chain().sortByDescending(ageOf).pluck('id').value({}, save('descending')),
    __.chain()
      .unwind(
        (person: Person) => person.kids,
        (person: Person, kid: Person['kids'][number]) => ({ person, kid }),
      )
      .unwind(
        (row: { kid: Person['kids'][number] }) => row.kid.pets,
        (row: { person: Person; kid: Person['kids'][number] }, pet: string) => ({
          owner: row.person.id,
          kid: row.kid.name,
          pet,
        }),
      )
      .value({}, save('pets')),
  ]
  for (const { isAccepted } of accepted) if (!isAccepted) throw new Error('a query was not accepted')
}

/** Counts by a filter in JavaScript. */
export function countByFilter(field: string, value: unknown): void {
  let found = 0
  ask(undefined)

  function ask(continuation: string | undefined): void {
    const isIt = (document: Json) => document[field] === value
    const { isAccepted } = __.filter(isIt, { continuation }, (error: unknown, page: Json[], info: never) => {
      if (error) throw error
      found += page.length
      const { continuation } = info as { continuation?: string }
      if (continuation) ask(continuation)
      else __.response.setBody(found)
    })
    if (!isAccepted) throw new Error('the filter was not accepted')
  }
}

/** Swaps what two documents hold. */
export function trade(one: string, other: string, fails: boolean): void {
  const collection = getContext().getCollection()
  find(one, (a) => {
    find(other, (b) => {
      const held = a.item
      a.item = b.item
      b.item = held
      replace(a, () => {
        if (fails) throw new Error('the trade is off')
        replace(b, () => {})
      })
    })
  })

  function find(id: string, then: (document: Json) => void): void {
    const query = { query: 'SELECT * FROM p WHERE p.id = @id', parameters: [{ name: '@id', value: id }] }
    const isAccepted = collection.queryDocuments(collection.getSelfLink(), query, {}, (error, found: Json[]) => {
      if (error) throw new Error(`reading ${id} failed`)
      if (found.length !== 1) throw new Error(`no single ${id}`)
      then(found[0] as Json)
    })
    if (!isAccepted) throw 'the query was not accepted'
  }

  function replace(document: Json, then: () => void): void {
    const isAccepted = collection.replaceDocument(String(document._self), document, (error) => {
      if (error) throw 'the trade was rolled back'
      then()
    })
    if (!isAccepted) throw 'the replace was not accepted'
  }
}

/** Wraps calls in promises. */
export function asyncReplace(id: string, at: number): void {
  const collection = getContext().getCollection()
  const find = () =>
    new Promise<Json>((resolve, reject) => {
      const query = { query: 'SELECT * FROM c WHERE c.id = @id', parameters: [{ name: '@id', value: id }] }
      const isAccepted = collection.queryDocuments(collection.getSelfLink(), query, (error, found: Json[]) => {
        if (error) reject(error)
        else resolve(found[0] as Json)
      })
      if (!isAccepted) reject(new Error('the query was not accepted'))
    })
  const replace = (document: Json) =>
    new Promise<Json>((resolve, reject) => {
      const isAccepted = collection.replaceDocument(String(document._self), document, (error, replaced) => {
        if (error) reject(error)
        else resolve(replaced)
      })
      if (!isAccepted) reject(new Error('the replace was not accepted'))
    })
  find()
    .then((document) => replace(Object.assign(document, { at })))
    .then((replaced) => getContext().getResponse().setBody({ id: replaced.id, at: replaced.at }))
    .catch((error) => getContext().getResponse().setBody(String(error)))
}
