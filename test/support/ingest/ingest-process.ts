// Accepts events on a port until it is killed. Arguments: the storage's folder, the port or 0. It sends its port to the
// process that started it once it listens.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openEmbedded } from '../../../src/embedded.ts'
import { ingestHandler, ingestion } from '../../../src/ingest/index.ts'

const [folder = '', port = '0'] = process.argv.slice(2)
const storage = await openEmbedded(folder)
const server = createServer(ingestHandler(ingestion(storage, { authenticate: 'none' })))
server.listen(Number(port), '127.0.0.1')
await once(server, 'listening')
process.send?.((server.address() as AddressInfo).port)
