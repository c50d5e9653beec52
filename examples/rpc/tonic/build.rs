//! Writes the service and its client without a `.proto` file, because its compiler would be one more program to install.

use tonic_build::manual::{Builder, Method, Service};

fn main() {
    let method = |name: &str, route: &str, input: &str| {
        Method::builder()
            .name(name)
            .route_name(route)
            .input_type(format!("crate::{input}"))
            .output_type("crate::Visits")
            .codec_path("tonic_prost::ProstCodec")
            .build()
    };
    let service = Service::builder()
        .package("example")
        .name("Counter")
        .method(method("visit", "Visit", "Empty"))
        .method(method("sign_in", "SignIn", "Name"))
        .method(method("account", "Account", "Empty"))
        .method(method("fail", "Fail", "Empty"))
        .build();
    Builder::new().compile(&[service]);
}
