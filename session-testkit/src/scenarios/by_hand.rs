use session_core::{
    exchange::{Answer, Call},
    store::{AnyStore, Store as _, StoreError},
};

/// Carries one call of an exchange out, as a driver does.
pub(super) async fn perform(face: &AnyStore, call: Call<'_>) -> Result<Answer, StoreError> {
    Ok(match call {
        Call::Load { key } => Answer::Load(face.load(&key).await?),
        Call::Create { key, write, cap } => Answer::Create(face.create(&key, write, cap).await?),
        Call::Commit { key, expected, write } => Answer::Commit(face.commit(&key, expected, write).await?),
        Call::Touch { key, expected, ttl } => Answer::Touch(face.touch(&key, expected, ttl).await?),
        Call::Rotate { from, expected, to, write, tombstone } => {
            Answer::Rotate(face.rotate(&from, expected, &to, write, tombstone).await?)
        }
        Call::Delete { key, expected, tombstone } => {
            Answer::Delete(face.delete(&key, expected, tombstone).await?)
        }
        Call::List { family, page } => Answer::List(face.list(&family, page).await?),
        Call::Revoke { family, keep } => Answer::Revoke(face.revoke(&family, keep.as_ref()).await?),
        Call::Sweep { limit } => Answer::Sweep(face.sweep(limit).await?),
    })
}
