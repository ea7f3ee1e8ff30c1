const express = require('express');
const cors = require('cors');
const http = require('node:http');
const axios = require('axios');

const app = express();
const isProduction = process.env.NODE_ENV === 'production';

app.use(cors());
app.set('view engine', 'ejs');
app.use(express.json(), express.static(__dirname + '/public'));
app.use(require('./routes'));

if (!isProduction) {
  app.get('view engine');
  axios.get('/api/warm');
}

app
  .get('/health', (req, res) => res.send('ok'))
  .head('/health', (req, res) => res.end());

app.use((req, res, next) => {
  if (req.url === '/favicon.ico') return res.status(204).end();
  if (req.path === '/not-a-route' && req.method === 'GET') return next();
  next(new Error('Not Found'));
});

http.createServer(app).listen(process.env.PORT || 3000);
module.exports = app;
