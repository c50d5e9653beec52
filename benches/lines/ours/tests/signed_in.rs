//! A test whose user is signed in.

use lines_ours::{setup::app, shop::Users};
use session_testing::Site;

#[tokio::test]
async fn a_user_is_greeted() {
    //> fixture
    let site = Site::new(|sessions| app(Users::default(), sessions));
    let ada = site.signed_in("1").await;
    //<
    ada.get("/").await.assert_says("Hello, ada.");
}
