import { z } from 'zod'

// What the README's example is compared with: the same schemas and types, with zod alone.

const meterEvents = {
  MeterRegistered: z.object({ meterId: z.string(), postalCode: z.string(), houseNumber: z.string() }),
  MeterActivated: z.object({}),
}
type MeterEvent = {
  [T in keyof typeof meterEvents]: { readonly type: T; readonly data: z.infer<(typeof meterEvents)[T]> }
}[keyof typeof meterEvents]

type Meter = { registered: boolean; active: boolean }
function evolve(state: Meter, event: MeterEvent): Meter {
  switch (event.type) {
    case 'MeterRegistered':
      return { ...state, registered: event.data.meterId !== '' }
    case 'MeterActivated':
      return { ...state, active: true }
  }
}
const decide = (state: Meter): readonly MeterEvent[] =>
  state.active
    ? []
    : [
        { type: 'MeterRegistered', data: { meterId: '87000001', postalCode: '1012 AB', houseNumber: '7' } },
        { type: 'MeterActivated', data: {} },
      ]
const decided = decide({ registered: false, active: false })
for (const event of decided) meterEvents[event.type].parse(event.data)
console.log(decided.reduce(evolve, { registered: false, active: false }))
