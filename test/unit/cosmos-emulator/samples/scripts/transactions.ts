import type { GetContext, Json } from './realm.ts'

// Stored procedures in the patterns of the published samples, in words of ours. They are sent as text, so each is one
// function that stands by itself.

declare const getContext: GetContext

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
