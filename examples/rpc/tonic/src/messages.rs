/// Nothing.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Empty {}

/// The name of a user.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Name {
    /// The name.
    #[prost(string, tag = "1")]
    pub name: String,
}

/// What the session holds.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Visits {
    /// How often the caller was here.
    #[prost(uint32, tag = "1")]
    pub count: u32,
    /// Who is signed in.
    #[prost(string, optional, tag = "2")]
    pub user: Option<String>,
}
