//! Long data files and long responses.

use super::*;

#[tokio::test]
async fn rows_of_a_long_file_reach_the_scripts_with_their_number() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("d.csv");
    let rows: String = (0..20_000).map(|row| format!("{row}\n")).collect();
    std::fs::write(&path, format!("id\n{rows}")).unwrap();
    let mut spec = spec(json!({"item": [item("r", "saw\nskip", "")]}));
    spec.data = IterationData::open(&path, crate::data::DataKind::Guess).unwrap();
    let ran = run(spec, vec![]).await;
    assert_eq!((ran.result.totals.iterations.total, ran.seen.len()), (20_000, 20_000));
    assert!(ran.seen.iter().all(|seen| seen.info.iteration_count == 20_000));
    assert_eq!(ran.seen[19_999].scopes.data.values, [("id".to_owned(), json!(19_999))]);
}

#[tokio::test]
async fn a_response_over_the_limit_is_a_warning_that_names_it() {
    let mut long = answer(200, &[], "0123456789");
    long.truncated = true;
    let ran = run(spec(json!({"item": [item("r", "", "saw")]})), vec![Ok(long)]).await;
    assert!(
        ran.executions[0].warnings[0].contains("the limit of 50.0 MiB"),
        "{:?}",
        ran.executions[0].warnings
    );
    assert!(ran.executions[0].response.as_ref().unwrap().truncated);
    assert!(ran.seen[0].response.as_ref().unwrap().truncated);
    assert_eq!(ran.result.totals.warnings, 1);
}
