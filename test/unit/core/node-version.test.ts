import { expect, it } from 'vitest'
import { nodeComplaint, OLDEST_NODE } from '../../../src/core/node-version.ts'

it.each([OLDEST_NODE, '22.23.4', '22.24.0', '24.0.0', '26.1.0'])('Node %s can run Tidemark', (version) => {
  expect(nodeComplaint(version)).toBeUndefined()
})

it.each(['16.20.2', '20.20.2', '22.9.9', '22.23.2'])('Node %s is too old, and the complaint names both', (version) => {
  expect(nodeComplaint(version)).toContain(`Node ${OLDEST_NODE}`)
  expect(nodeComplaint(version)).toContain(`Node ${version}`)
})
