import { expect, it, vi } from 'vitest'
import { telemetrySink } from '../../../../src/core/telemetry/telemetry-sink.ts'
import { observeEventLoop } from '../../../../src/processor/workers/observe-event-loop.ts'

it('the delay of the event loop is reported in seconds once it is known, again if read soon, and no longer at the end', async () => {
  const { telemetry, collect } = telemetrySink()
  let now = 0
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now)
  try {
    const end = observeEventLoop(telemetry)
    expect((await collect()).gauges).toEqual([])
    // No timer ran meanwhile, so the loop was late by all of it but the interval of its samples.
    now = 1_050
    const delay = { gauge: 'nodejs.eventloop.delay.p99', value: 1, attributes: {} }
    expect((await collect()).gauges).toEqual([delay])
    expect((await collect()).gauges).toEqual([delay])
    end()
    expect((await collect()).gauges).toEqual([])
  } finally {
    clock.mockRestore()
  }
})
