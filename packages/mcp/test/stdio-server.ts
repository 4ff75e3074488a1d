import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { createTestServer } from './server-tools.ts'

/** Run as a process of its own. */
await createTestServer().connect(new StdioServerTransport())
