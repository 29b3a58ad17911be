#!/usr/bin/env node
import module from 'node:module'

module.enableCompileCache?.() // from Node 22 on
const { main } = await import('../dist/pipeline.js')
await main()
