'use strict'

module.exports = { build: async (t) => t }
