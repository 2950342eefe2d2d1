//! Folders with links: what they lead to is taken once.

use std::os::unix::fs::symlink;

use crate::support::{Folder, made, options, png};

#[test]
fn a_link_to_a_folder_around_it_leads_to_nothing_new() {
    let folder = Folder::new();
    folder.write("source/0/a.png", png(1));
    folder.write("elsewhere/b.png", png(2));
    // Thirty of them in eight levels would be 20,000,000,000 folders.
    for number in 0..30 {
        symlink(".", folder.path(&format!("source/loop{number}"))).unwrap();
    }
    symlink("..", folder.path("source/0/above")).unwrap();
    symlink("../elsewhere", folder.path("source/1")).unwrap();
    made(&folder.path("source"), &folder.path("out"), &options(4, 3)).unwrap();
    assert_eq!(folder.text("out/train.csv"), "x:image,y:label\n./0/a.png,0\n./1/b.png,1\n");
}
