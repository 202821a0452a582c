// npm run document -w packages/server: writes the generated documents. A test fails when they are out of date.
import { mkdir, writeFile } from 'node:fs/promises'
import { describeApi } from './describe-api.ts'
import { describeConfiguration, describeEnvironment } from './describe-configuration.ts'

const root = new URL('../../../../', import.meta.url)
await mkdir(new URL('docs/api/', root), { recursive: true })
await writeFile(new URL('docs/api/openapi.json', root), await describeApi())
await writeFile(new URL('docs/configuration.md', root), describeConfiguration())
await writeFile(new URL('.env.example', root), describeEnvironment())
