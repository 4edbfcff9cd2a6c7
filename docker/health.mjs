// Whether the gateway in this container is ready: ends with 0 or 1. Node.js is here, so nothing else has to be.
const secure = (process.env['TLS_CERT_FILE'] ?? '') !== '';
const { get } = await import(secure ? 'node:https' : 'node:http');
const port = Number(process.env['PORT'] ?? 3000);

// Asks itself: whether the certificate names this address is for callers to say.
const request = get(
  { host: '127.0.0.1', port, path: '/health/ready', timeout: 3_000, ...(secure && { rejectUnauthorized: false }) },
  (response) => {
    process.exit(response.statusCode === 200 ? 0 : 1);
  },
);
request.on('timeout', () => request.destroy());
request.on('error', () => process.exit(1));
