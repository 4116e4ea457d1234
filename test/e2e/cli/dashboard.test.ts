import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { said, type Workshop, workshop } from './run-cli.ts'

const TOKEN = 'operator-token-0123456789'
const authorization = `Bearer ${TOKEN}`

/** Starts a dashboard, and reads the address that it prints. */
async function started(shop: Workshop, env: Readonly<Record<string, string>> = {}) {
  const dashboard = shop.start(['dashboard'], { DASHBOARD_PORT: '0', METRICS: 'none', ...env })
  let output = ''
  dashboard.child.stdout?.on('data', (chunk) => {
    output += chunk
  })
  await said(dashboard, /^dashboard {2}\S+\n/)
  return { ...dashboard, link: output.replace('dashboard  ', '').trim() }
}

test('a dashboard prints a link whose token signs in, and ends with 0 when it is told to', async () => {
  await using shop = await workshop()
  await shop.run(['setup'])
  const { link, child, ended } = await started(shop)
  const [, url = '', token = ''] = /^(http:\/\/127\.0\.0\.1:\d+\/)#(\S{32})$/.exec(link) ?? []
  expect((await fetch(url)).status).toBe(200)
  const session = await fetch(`${url}api/session`, { headers: { authorization: `Bearer ${token}` } })
  expect(await session.json()).toMatchObject({ role: 'operator' })
  expect((await fetch(`${url}metrics`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(404)
  child.kill('SIGTERM')
  expect(await ended).toMatchObject({ code: 0, stderr: '' })
}, 60_000)

test('a dashboard that Prometheus reads needs a token for it, and prints none that is set', async () => {
  await using shop = await workshop()
  await shop.run(['setup'])
  const { link, child, ended } = await started(shop, { METRICS: 'prometheus', DASHBOARD_VIEWER_TOKEN: TOKEN })
  expect(link).not.toContain('#')
  expect((await fetch(`${link}metrics`)).status).toBe(401)
  const metrics = async () => (await fetch(`${link}metrics`, { headers: { authorization } })).text()
  await expect.poll(metrics).toMatch(/http_server_request_duration_seconds_count\{.*http_route="\/metrics".*401/)
  await expect.poll(metrics, { timeout: 10_000 }).toContain('nodejs_eventloop_delay_p99_seconds')
  child.kill('SIGTERM')
  expect(await ended).toMatchObject({ code: 0 })
}, 60_000)

test('a storage with a dashboard is set up and backed up as ever, without what the dashboard stores', async () => {
  await using shop = await workshop()
  await shop.run(['setup'])
  const { child, ended } = await started(shop)
  expect(await readdir(join(shop.folder, 'data'))).toContain('ops')
  expect(await shop.run(['setup'])).toMatchObject({ code: 0, stderr: '' })
  const copies = { all: join(shop.folder, 'copy'), ops: join(shop.folder, 'ops-copy') }
  expect(await shop.run(['backup', copies.all])).toMatchObject({ code: 0, stderr: '' })
  const ops = `file:${join(shop.folder, 'data', 'ops')}`
  expect(await shop.run(['backup', copies.ops, '--storage', ops])).toMatchObject({ code: 0, stderr: '' })
  child.kill('SIGTERM')
  await ended
  expect(await readdir(copies.all)).not.toContain('ops')
  for (const copy of Object.values(copies))
    expect(await shop.run(['setup', '--storage', `file:${copy}`])).toMatchObject({ code: 0, stderr: '' })
}, 90_000)

test('a dashboard says in its help what it needs, and does not start on a storage that is not there', async () => {
  await using shop = await workshop()
  const { code, stdout } = await shop.run(['dashboard', '--help'])
  expect(code).toBe(0)
  for (const name of ['--projections', '--read-only', 'DASHBOARD_TOKEN', 'DASHBOARD_OPS', 'METRICS'])
    expect(stdout).toContain(name)
  expect(await shop.run(['dashboard'])).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^InvalidConfiguration: TIDEMARK_STORAGE: /),
  })
  expect(await readdir(shop.folder)).toEqual([])
}, 60_000)
