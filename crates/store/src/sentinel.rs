//! One sealed word in the database, so that a wrong encryption key is found at the start and not at the first delivery.

use crate::{
    Store,
    error::{Error, Result},
    params,
    vault::Place,
};

const PLACE: Place<'static> = Place {
    table: "vault_sentinel",
    column: "sealed",
    row: "1",
};

const WORD: &[u8] = b"watchbell";

const TABLE: &str = "CREATE TABLE IF NOT EXISTS vault_sentinel (id BIGINT PRIMARY KEY, sealed TEXT NOT NULL)";

/// Checks that the vault opens what this database holds; a new database is sealed with it, and an older key's seal renewed.
///
/// # Errors
/// [`Error::Vault`] if the key is another one.
pub(crate) async fn check(store: &Store) -> Result<()> {
    let vault = store.vault_handle();
    store
        .write(move |tx| {
            tx.lock("vault_sentinel")?;
            tx.execute(TABLE, &[])?;
            let stored = tx.query_opt("SELECT sealed FROM vault_sentinel WHERE id = 1", &[])?;
            let Some(row) = stored else {
                let sealed = vault.seal(PLACE, WORD)?;
                tx.execute("INSERT INTO vault_sentinel (id, sealed) VALUES (1, $1)", &params![sealed])?;
                return Ok(());
            };
            let sealed = row.str(0)?;
            if vault.open(PLACE, sealed)?.as_slice() != WORD {
                return Err(Error::Corrupt("the vault's sentinel holds another word".to_owned()));
            }
            if vault.is_outdated(sealed) {
                let renewed = vault.seal(PLACE, WORD)?;
                tx.execute("UPDATE vault_sentinel SET sealed = $1 WHERE id = 1", &params![renewed])?;
            }
            Ok(())
        })
        .await
}
