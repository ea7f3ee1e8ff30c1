'use strict'

const { test } = require('node:test')
const helper = require('./helper')

test('root', async (t) => {
  const app = await helper.build(t)
  const res = await app.inject({ method: 'GET', url: '/' })
  app.get('/example', () => res)
})
