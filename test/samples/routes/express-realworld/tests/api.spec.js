const request = require('supertest');
const app = require('../app');

describe('api', () => {
  it('answers', async () => {
    await request(app).get('/api/user').expect(401);
    const alone = require('express')();
    alone.use('/alone', require('../routes/api/users'));
    const agent = request.agent(alone);
    await agent.post('/api/users/login', {});
  });
});
