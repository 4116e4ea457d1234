import type { Callback, Json, Underscore } from './realm.ts'

// Stored procedures in the patterns of the published samples, in words of ours. They are sent as text, so each is one
// function that stands by itself.

declare const __: Underscore

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
