import { type Question, statusOf } from '../probe.ts'

// Runs of five seconds each.
const MOST_RUNS = 12

/** What becomes of a script that runs into its time again and again. */
export const scriptLimits: Question = {
  name: 'scripts that run out of time',
  async *ask({ events, budget }) {
    const { storedProcedures } = events.scripts
    const other = 'function () { getContext().getResponse().setBody("well") }'
    await storedProcedures.create({ id: 'endless', body: 'function () { for (;;) {} }' })
    await storedProcedures.create({ id: 'other', body: other })
    const run = (id: string) =>
      events.scripts
        .storedProcedure(id)
        .execute('s:scripted', [])
        .then(({ resource, headers }) => {
          budget.charge(headers)
          return String(resource)
        }, statusOf)
    const seen: string[] = []
    while (seen.length < MOST_RUNS && !seen.at(-1)?.startsWith('403')) {
      budget.check()
      seen.push(await run('endless'))
    }
    yield {
      what: 'runs of a script without end',
      assumed: '408 each, and at some time 403: it is blocked',
      found: seen.join(', '),
      agrees: seen[0]?.startsWith('408') ?? false,
    }
    yield { what: 'another script of the container then', assumed: 'well', found: await run('other') }
    await events.scripts.storedProcedure('endless').delete()
    await storedProcedures.create({ id: 'endless', body: other })
    yield {
      what: 'the same one, deleted and created again',
      assumed: 'well',
      found: await run('endless'),
    }
  },
}
