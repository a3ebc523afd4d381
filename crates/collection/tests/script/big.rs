//! Long response bodies: scripts see them whole up to the limit, and are told when it was reached.

use crate::bench::*;

const TYPE: [(&str, &str); 1] = [("Content-Type", "application/json")];

#[tokio::test]
async fn a_body_of_20_mb_is_seen_whole() {
    let mut input = test_input(
        "const seen = pm.response.json();
         pm.test('whole', () => { pm.expect(seen).to.have.lengthOf(20000000); pm.expect(seen.at(-1)).to.equal('z'); });
         pm.test('size', () => pm.expect(pm.response.responseSize).to.equal(20000002));",
    );
    let body = format!("\"{}z\"", "a".repeat(19_999_999));
    input.response = Some(response(200, "OK", &TYPE, body.as_bytes()));
    assert_all_pass(&run_input(input).await);
}

#[tokio::test]
async fn json_that_was_cut_at_the_limit_says_so() {
    let mut input = test_input("pm.response.json();");
    let mut cut = response(200, "OK", &TYPE, b"[1, 2, ");
    cut.truncated = true;
    input.response = Some(cut);
    let error = run_input(input).await.error.unwrap();
    assert!(
        error.message.contains("longer than the limit; 7 bytes of it were read"),
        "{error:?}"
    );
}
