const { Router } = require('express');
const blog = Router();

// blog.get('/in-a-comment', () => {});
blog.get('/', (req, res) => res.send(`blog.get('/in-a-string', x)`));

exports = module.exports = blog;
