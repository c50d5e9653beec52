use crate::violation::{Checked, Flaw};

/// How many times longer the deadlines are in each try.
const TIMES: [u32; 4] = [1, 4, 16, 64];

/// Runs a case until it was as quick as it assumed, each time with longer deadlines. A case that never was says nothing
/// about the store.
pub(crate) fn until_in_time(mut run: impl FnMut(u32) -> Checked) -> Checked {
    let mut late = String::new();
    for times in TIMES {
        match run(times) {
            Err(Flaw::Late(reason)) => late = reason,
            told => return told,
        }
    }
    Err(Flaw::Late(format!("{late}, in {} tries with longer and longer deadlines", TIMES.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_tried_again_until_it_can_tell() {
        let mut tried = Vec::new();
        let kept = until_in_time(|times| {
            tried.push(times);
            if times < 16 { Err(Flaw::Late("too slow".to_owned())) } else { Ok(()) }
        });
        assert!(kept.is_ok());
        assert_eq!(tried, [1, 4, 16]);
    }

    #[test]
    fn a_case_that_is_never_in_time_says_nothing() {
        let told = until_in_time(|_| Err(Flaw::Late("too slow".to_owned())));
        assert!(matches!(told, Err(Flaw::Late(reason)) if reason.starts_with("too slow, in 4 tries")));
    }
}
