<?php
// Receives webhooks signed as Standard Webhooks 1.0.0 say. Run with PHP's own server, or behind any other.

const TOLERANCE_S = 300;

/** Whether the request comes from whoever knows the secret, and is not old. */
function is_signed(array $server, string $body, string $secret): bool
{
    $id = $server['HTTP_WEBHOOK_ID'] ?? '';
    $timestamp = $server['HTTP_WEBHOOK_TIMESTAMP'] ?? '';
    if (!ctype_digit($timestamp) || abs(time() - (int) $timestamp) > TOLERANCE_S) {
        return false;
    }
    $key = base64_decode(preg_replace('/^whsec_/', '', $secret), true);
    $expected = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$timestamp.$body", $key, true));
    foreach (explode(' ', $server['HTTP_WEBHOOK_SIGNATURE'] ?? '') as $given) {
        if (hash_equals($expected, $given)) {
            return true;
        }
    }
    return false;
}

/** A real receiver asks its database; here an empty file stands for an id that was seen. */
function is_repeat(string $id): bool
{
    $file = @fopen(sys_get_temp_dir() . '/received-' . hash('sha256', $id), 'x');
    return $file === false;
}

function say(string $line): void
{
    file_put_contents('php://stderr', "$line\n");
}

$body = file_get_contents('php://input');
if (!is_signed($_SERVER, $body, getenv('SECRET'))) {
    http_response_code(401);
    say('refused');
    return;
}
$id = $_SERVER['HTTP_WEBHOOK_ID'];
http_response_code(204);
if (is_repeat($id)) {
    say("repeat $id");
    return;
}
say("verified $id " . json_decode($body, true)['type']);
