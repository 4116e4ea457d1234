import { expect, it } from 'vitest'
import { StreamDeleted, StreamNotFound } from '../../../../src/core/errors/append.ts'
import type { StoragePort } from '../../../../src/core/port/storage.ts'
import { randomFrom } from '../../../../src/core/random.ts'
import { publishHead } from '../../../../src/integrity/heads/publishing/publish-head.ts'
import { openChain } from '../../../../src/integrity/open-chain.ts'
import type { VerifyOptions } from '../../../../src/integrity/verify/report.ts'
import { verifyChain } from '../../../../src/integrity/verify/verify-chain.ts'
import { gullibleAnchor, ORIGIN } from '../../../support/integrity/publishing.ts'
import { newSigner } from '../../../support/integrity/signers.ts'
import { SOAK_MINUTES } from '../../../support/killing/targets.ts'
import { anEvent } from '../../../support/tampering/sealed-log.ts'
import { type SoakTarget, soakTargets } from '../../../support/tampering/soak-targets.ts'

const SECONDS = SOAK_MINUTES > 0 ? SOAK_MINUTES * 60 : 4
const STREAMS = 12

/** What everybody shares in a soak. */
type Soak = {
  readonly target: SoakTarget
  readonly random: () => number
  readonly isOver: () => boolean
  readonly signer: ReturnType<typeof newSigner>
  readonly anchor: ReturnType<typeof gullibleAnchor>
}

/** A writer whose streams begin, grow, end and are erased. Deleted ids are not used again, so their number grows. */
async function write({ target, random, isOver }: Soak): Promise<void> {
  await using storage = await target.open()
  let generation = 0
  while (!isOver()) {
    if (random() < 0.02) generation++
    const id = `meter:${Math.floor(random() * STREAMS)}:${generation}`
    try {
      await step(storage, id, random)
    } catch (error) {
      if (!(error instanceof StreamDeleted || error instanceof StreamNotFound)) throw error
    }
    if (random() < 0.01) target.split?.(id)
  }
}

async function step({ events }: StoragePort, id: string, random: () => number): Promise<void> {
  const what = random()
  if (what < 0.85) {
    const some = Array.from({ length: 1 + Math.floor(random() * 4) }, (_, n) =>
      anEvent({ n, text: 'ä"\\', zero: -0, half: 0.5, 'a.b': [null, {}] }, { salted: random() < 0.8 }),
    )
    await events.append(id, some, { expectedVersion: 'any' })
  } else if (what < 0.9) {
    await events.tombstone(id, anEvent({}), { expectedVersion: 'any' })
  } else {
    await events.erase(id, { limit: 1 + Math.floor(random() * 5) })
  }
}

/** A sealer that is stopped, and begins again in another process, between any two pages. */
async function seal({ target, random, isOver, signer, anchor }: Soak): Promise<void> {
  while (!isOver()) {
    await using storage = await target.open()
    const chain = await openChain(storage, { origin: ORIGIN, signer, anchors: [anchor] })
    for (let i = 0; i < 10 && !isOver(); i++) {
      const stop = new AbortController()
      const onProgress = () => random() < 0.1 && stop.abort()
      await chain.sealNow({ signal: stop.signal, onProgress }).catch((error) => {
        if (!stop.signal.aborted) throw error
      })
      await publishHead(chain.context)
    }
  }
}

/** Verifies again and again; there must be nothing to find. @returns how often it did */
async function verify(soak: Soak): Promise<number> {
  let count = 0
  for (; !soak.isOver(); count++) {
    const by = soak.random() < 0.7 ? 'feed' : 'stream'
    const sample = soak.random() < 0.7 ? 1 : soak.random()
    const { result, findings } = await verifyOnce(soak, { by, sample })
    expect([by, sample, result, findings]).toEqual([by, sample, 'clean', []])
  }
  return count
}

async function sealAll(storage: StoragePort, { signer, anchor }: Soak): Promise<void> {
  const chain = await openChain(storage, { origin: ORIGIN, signer, anchors: [anchor] })
  await chain.sealNow()
  await publishHead(chain.context)
}

async function verifyOnce({ target, signer, anchor }: Soak, options: Partial<VerifyOptions>) {
  await using storage = await target.open()
  const { context } = await openChain(storage, { origin: ORIGIN })
  const trust = { origin: ORIGIN, keys: [signer.verifierKey], anchors: [anchor] }
  return await verifyChain(context, { trust, ...options })
}

it.each(Object.entries(soakTargets))(
  'nothing is found where nobody tampers, whatever else happens: %s',
  {
    timeout: (SECONDS + 240) * 1000,
  },
  async (_, make) => {
    await using target = await make()
    const seed = Math.floor(Math.random() * 2 ** 31)
    const end = Date.now() + SECONDS * 1000
    let hasFailed = false
    const soak: Soak = {
      target,
      random: randomFrom(seed),
      isOver: () => hasFailed || Date.now() > end,
      signer: newSigner(ORIGIN),
      anchor: gullibleAnchor(),
    }
    await using first = await target.open()
    await first.events.append('meter:first', [anEvent({})], { expectedVersion: 0 })
    await sealAll(first, soak)
    const all = [write(soak), write(soak), seal(soak), seal(soak), verify(soak)].map((one) =>
      one.catch((error) => {
        hasFailed = true
        throw Object.assign(error, { seed })
      }),
    )
    await Promise.allSettled(all)
    const verified = (await Promise.all(all)).at(-1)
    expect(verified).toBeGreaterThan(0)
    await using storage = await target.open()
    const chain = await openChain(storage, { origin: ORIGIN, signer: soak.signer, anchors: [soak.anchor] })
    await chain.sealNow()
    await publishHead(chain.context)
    for (const by of ['feed', 'stream'] as const) {
      const report = await verifyOnce(soak, { by, grace: 0 })
      expect(report).toMatchObject({ result: 'clean', findings: [], unsealed: 0 })
      expect(report.events).toBeGreaterThan(1)
    }
  },
)
