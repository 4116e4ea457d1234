import { expect, it } from 'vitest'
import { secretInArgument, withoutSecrets } from '../../../src/open/secrets.ts'

it.each([
  ['mongodb://me:secret@host/db', 'mongodb://…@host/db'],
  ['mongodb+srv://me:secret@cluster/db?tls=true', 'mongodb+srv://…@cluster/db?tls=true'],
  // What is not escaped as it must be is a secret all the same.
  ['mongodb://me:sec/secret@host/db', 'mongodb://…@host/db'],
  ['mongodb://me:sec@secret@host/db', 'mongodb://…@host/db'],
  ['mongodb://host/db?proxyPassword=secret&x=1', 'mongodb://host/db?proxyPassword=…&x=1'],
  ['mongodb://host/db?tlsCertificateKeyFilePassword=secret', 'mongodb://host/db?tlsCertificateKeyFilePassword=…'],
  ['mongodb://host/db?authMechanismProperties=AWS_SESSION_TOKEN:secret', 'mongodb://host/db?authMechanismProperties=…'],
  ['https://me:secret@account.documents.azure.com/db', 'https://…@account.documents.azure.com/db'],
])('%s is shown without its secret, and warned of as an argument', (url, shown) => {
  expect(withoutSecrets(url)).toBe(shown)
  const warning = secretInArgument('--storage', url, 'TIDEMARK_STORAGE')
  expect(warning).toMatch(/^Warning: --storage contains a secret .+ set TIDEMARK_STORAGE instead$/)
})

it.each([
  'file:./data?ranges=4',
  'file:///var/a:b@c/data',
  'mongodb://127.0.0.1:27017/db?replicaSet=rs0',
  'mongodb://me@host:27017/db?authMechanism=MONGODB-X509',
  'cosmos-emulator://127.0.0.1:8081/db',
  'https://account.documents.azure.com/db',
  'alertmanager+https://alerts.example.com',
  undefined,
])('%s holds none', (url) => {
  expect(secretInArgument('--storage', url, 'TIDEMARK_STORAGE')).toBeUndefined()
})

it.each([
  'pagerduty:0123456789abcdef0123456789abcdef',
  'pagerduty+https://events.eu.pagerduty.com/v2/enqueue#0123456789abcdef',
  'alertmanager+https://alerts.example.com json+https://hooks.example.com/services/secret',
  'alertmanager+https://me:secret@alerts.example.com',
])('%s contains what lets everybody send notices, and is warned of', (destinations) => {
  expect(secretInArgument('--notify', destinations, 'DASHBOARD_NOTIFY')).toMatch(/set DASHBOARD_NOTIFY instead$/)
})
