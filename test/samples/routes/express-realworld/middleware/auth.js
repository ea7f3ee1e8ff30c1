const { expressjwt: jwt } = require('express-jwt');

module.exports = {
  required: jwt({ secret: 'x', algorithms: ['HS256'] }),
  optional: jwt({ secret: 'x', credentialsRequired: false, algorithms: ['HS256'] }),
};
