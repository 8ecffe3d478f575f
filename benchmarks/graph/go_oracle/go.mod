module aifirst/go_oracle

go 1.21
